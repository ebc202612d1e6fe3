"""What the suite's stories begin with, made by the SDK itself."""

from uuid import uuid4

from encord import EncordUserClient
from encord.objects import OntologyStructure
from encord.objects.attributes import RadioAttribute, TextAttribute
from encord.objects.common import Shape
from encord.ontology import Ontology


def a_title(word: str) -> str:
    """A title that nothing else has."""
    return f"{word} {uuid4().hex[:8]}"


def a_structure() -> OntologyStructure:
    """A class in every shape that is drawn, a dynamic and a static attribute, and questions of each kind."""
    structure = OntologyStructure()
    for shape in (Shape.BOUNDING_BOX, Shape.ROTATABLE_BOUNDING_BOX, Shape.POLYGON, Shape.POLYLINE, Shape.POINT):
        structure.add_object(name=f"Car as {shape.value}", shape=shape)
    car = structure.objects[0]
    colour = car.add_attribute(RadioAttribute, name="Colour")
    colour.add_option("Red")
    colour.add_option("Blue")
    car.add_attribute(TextAttribute, name="Plate", dynamic=True)
    scene = structure.add_classification().add_attribute(RadioAttribute, name="Scene")
    scene.add_option("Indoor")
    scene.add_option("Outdoor")
    return structure


def an_ontology(client: EncordUserClient) -> Ontology:
    """An ontology of that structure."""
    return client.create_ontology(a_title("Cars"), structure=a_structure())
