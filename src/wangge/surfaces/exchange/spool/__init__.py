"""The exchange between the public surface standing alone and the house, by signed files in a folder 内外网分离."""
