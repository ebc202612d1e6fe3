"""Quality metrics of frames and labels: a registry of stable keys and the pure functions that compute them."""
