"""Archives: folders of saved pushes."""
