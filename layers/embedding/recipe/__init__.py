"""Makes the embedding models, as ONNX graphs and without torch, out of weights that packages ship."""
