"""Pages of `rally help`: Markdown, also to be read where they lie."""
