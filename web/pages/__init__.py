"""The pages, a blueprint each."""

from web.pages import live, people, photo, sightings

BLUEPRINTS = (live.blueprint, photo.blueprint, people.blueprint, sightings.blueprint)
MENU = (
    ("live.index", "Live"),
    ("photo.index", "Photo"),
    ("people.index", "People"),
    ("sightings.index", "Sightings"),
)
