"""Songs of the runner's own as the beat: their beats are found once, their tempo is bent while they play."""
