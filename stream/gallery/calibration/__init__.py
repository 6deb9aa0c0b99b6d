"""From which similarity a face counts as a person: measured for the gallery, told, and in force."""
