"""The documentation is true: links, snippets, commands, policy lines and tables."""
