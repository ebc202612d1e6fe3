"""Ontologies by the SDK: made, read, changed, and kept as the client made them."""

import pytest
from builders import a_structure, a_title, an_ontology
from encord import EncordUserClient
from encord.objects.common import Shape
from encord.utilities.ontology_user import OntologyUserRole


@pytest.mark.shows("EncordUserClient.create_ontology", "EncordUserClient.get_ontology")
def test_a_made_ontology_is_read_back_as_it_was_made(client: EncordUserClient) -> None:
    structure = a_structure()

    made = client.create_ontology(a_title("Cars"), description="d", structure=structure)

    read = client.get_ontology(made.ontology_hash)
    assert read.structure.to_dict() == structure.to_dict()
    assert (read.title, read.description) == (made.title, "d")


@pytest.mark.shows("Ontology.save")
def test_a_saved_ontology_has_its_new_class(client: EncordUserClient) -> None:
    ontology = an_ontology(client)
    ontology.structure.add_object("Bus", Shape.BOUNDING_BOX)

    ontology.save()

    assert client.get_ontology(ontology.ontology_hash).structure.objects[-1].name == "Bus"


@pytest.mark.shows("EncordUserClient.get_ontologies", "Ontology.refetch_data")
def test_ontologies_are_listed_by_their_titles(client: EncordUserClient) -> None:
    made = an_ontology(client)

    listed = client.get_ontologies(title_eq=made.title)

    assert [(it["ontology"].ontology_hash, it["user_role"]) for it in listed] == [
        (made.ontology_hash, OntologyUserRole.ADMIN)
    ]
    made.refetch_data()
    assert made.title == listed[0]["ontology"].title
    assert client.get_ontologies(title_like=made.title[:4], desc_eq="other") == []
