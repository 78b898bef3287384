"""The tables of phrases: one file a language for what is said, and one for the codes of refusals."""
