"""Several roles on one resource count as the one that allows what any of them allows."""

from hypothesis import given
from hypothesis import strategies as st

from gloss.domain.access import PROJECT_ROLES, RESOURCE_ALLOWS, Permission, Role, Scope, together

ON_PROJECTS = st.frozensets(st.sampled_from(sorted(PROJECT_ROLES)), min_size=1)
ON_OTHERS = st.frozensets(st.sampled_from([Role.ADMIN, Role.USER, Role.VIEWER]), min_size=1)


def allowed(role: Role | None, scope: Scope) -> set[Permission]:
    return {it for it, roles in RESOURCE_ALLOWS.items() if it.scope is scope and role in roles}


@given(ON_PROJECTS)
def test_roles_on_a_project_allow_what_any_allows(roles: frozenset[Role]) -> None:
    assert allowed(together(roles), Scope.PROJECT) == set().union(*(allowed(it, Scope.PROJECT) for it in roles))


@given(ON_OTHERS)
def test_roles_on_other_things_allow_what_any_allows(roles: frozenset[Role]) -> None:
    assert allowed(together(roles), Scope.RESOURCE) == set().union(*(allowed(it, Scope.RESOURCE) for it in roles))


def test_nobodys_roles_are_no_role() -> None:
    assert together([]) is None
