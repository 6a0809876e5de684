"""Where the samples go: every sink asks for them in a thread of its own and says when they will be heard."""
