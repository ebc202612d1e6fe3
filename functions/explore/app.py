"""Doorways of the explorer: search, likeness, words, metrics and the map."""

from functions.explore import collections, presets
from gloss import edge, wiring
from gloss.domain.explore import Distribution, LabelResults, LabelSearch, Search, Similar, Spot, Words
from gloss.domain.model import ProjectId
from gloss.paging import Listing
from gloss.sdk.doors import door_of
from gloss.services import exploring
from gloss.services.exploring import Answer, MapQuery, MetricView, ShortcutView, Spread

app = edge.app("explore", door_of)
for room in (collections, presets):
    app.include_router(room.router)


@app.post("/v1/projects/<project_id>/explore/search")
def search(project_id: str, body: Search) -> Answer:
    return exploring.search(ProjectId(project_id), body, wiring.desk())


@app.post("/v1/projects/<project_id>/explore/similar")
def similar(project_id: str, body: Similar) -> Answer:
    return exploring.similar(ProjectId(project_id), body, wiring.desk())


@app.post("/v1/projects/<project_id>/explore/text")
def in_words(project_id: str, body: Words) -> Answer:
    return exploring.in_words(ProjectId(project_id), body, wiring.words(), wiring.desk())


@app.post("/v1/projects/<project_id>/explore/labels")
def search_labels(project_id: str, body: LabelSearch) -> LabelResults:
    return exploring.labels(ProjectId(project_id), body, wiring.desk())


@app.get("/v1/projects/<project_id>/explore/shortcuts")
def list_shortcuts(project_id: str) -> Listing[ShortcutView]:
    return Listing(entries=exploring.shortcuts(ProjectId(project_id), wiring.desk()))


@app.get("/v1/projects/<project_id>/explore/metrics")
def list_metrics(project_id: str) -> Listing[MetricView]:
    return Listing(entries=exploring.metrics(ProjectId(project_id), wiring.store()))


@app.get("/v1/projects/<project_id>/explore/metrics/<metric>")
def get_distribution(project_id: str, metric: str) -> Distribution:
    return exploring.distribution(ProjectId(project_id), metric, Spread(), wiring.desk())


@app.post("/v1/projects/<project_id>/explore/metrics/<metric>")
def count_distribution(project_id: str, metric: str, body: Spread) -> Distribution:
    return exploring.distribution(ProjectId(project_id), metric, body, wiring.desk())


@app.get("/v1/projects/<project_id>/explore/map")
def get_map(project_id: str) -> Listing[Spot]:
    return Listing(entries=list(exploring.draw(ProjectId(project_id), MapQuery(), wiring.desk())))


@app.post("/v1/projects/<project_id>/explore/map")
def draw_map(project_id: str, body: MapQuery) -> Listing[Spot]:
    return Listing(entries=list(exploring.draw(ProjectId(project_id), body, wiring.desk())))


handler = edge.handler(app, door_of)
