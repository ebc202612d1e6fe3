"""The formats in which labels leave Gloss and come back: the public label row, NDJSON of it, and COCO."""
