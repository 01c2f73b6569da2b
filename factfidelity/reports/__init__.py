"""Released results become pages, workbooks and run records."""
