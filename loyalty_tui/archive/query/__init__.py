"""The filter language: one line of words and fields, read into conditions on pushes."""
