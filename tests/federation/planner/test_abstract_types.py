"""Abstract types go to a subgraph only as far as it knows them."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.federation.planner.graphs import composed, fetched_from, plan_text

MEDIA = {
    "a": """type Query { viewer: Viewer @shareable } type Viewer @shareable { media: Media song: Media }
        union Media = Book | Song type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int }
        type Song @key(fields: "id") { id: ID! title: String @shareable }""",
    "b": """type Query { viewer: Viewer @shareable } type Viewer @shareable { media: Media film: Media }
        union Media = Book | Film type Book @key(fields: "id") { id: ID! title: String @shareable price: Int }
        type Film @key(fields: "id") { id: ID! title: String @shareable }""",
}
NODES = {
    "owner": """type Query { nodes: [Node!]! } interface Node @key(fields: "id") { id: ID! }
        type A implements Node @key(fields: "id") { id: ID! a: Int }
        type B implements Node @key(fields: "id") { id: ID! }""",
    "stars": """type Query { rated: [Node!]! } type Node @key(fields: "id") @interfaceObject { id: ID! stars: Int }""",
    "more": 'type A @key(fields: "id") { id: ID! more: Int }',
}
SHAPES = {
    "a": """type Query { items: [Item] } union Item = X | Y
        type X @key(fields: "id") { id: ID! n: String! @shareable } type Y @key(fields: "id") { id: ID! n: String }""",
    "b": 'type X @key(fields: "id") { id: ID! n: String @shareable more: Int }',
}


def test_only_members_that_both_candidates_know_are_asked_for() -> None:
    query = "{ viewer { media { ... on Book { title } ... on Song { title } ... on Film { title } } } }"
    assert plan_text(composed(MEDIA), query) == snapshot("""\
QueryPlan {
  Fetch(service: "a") {
    {
      viewer {
        media {
          __typename
          ... on Book {
            title
          }
        }
      }
    }
  }
}
""")


def test_a_field_that_one_subgraph_has_brings_that_subgraphs_members() -> None:
    assert fetched_from(composed(MEDIA), "{ viewer { song { ... on Song { title } } } }") == ["a"]


def test_members_fields_of_two_subgraphs_are_fetched_side_by_side() -> None:
    assert fetched_from(composed(MEDIA), "{ viewer { media { ... on Book { pages price } } } }") == ["a", "b"]


def test_an_interface_objects_field_needs_no_type_name() -> None:
    assert plan_text(composed(NODES), "{ rated { stars } }") == snapshot("""\
QueryPlan {
  Fetch(service: "stars") {
    {
      rated {
        stars
      }
    }
  }
}
""")


def test_concrete_names_of_an_interface_object_come_from_the_interfaces_owner() -> None:
    assert plan_text(composed(NODES), "{ rated { stars ... on A { more } } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "stars") {
      {
        rated {
          __typename
          stars
          id
        }
      }
    },
    Flatten(path: "rated.@") {
      Fetch(service: "owner") {
        {
          ... on Node {
            __typename
            id
          }
        } => {
          ... on Node {
            __typename
          }
        }
      }
    },
    Flatten(path: "rated.@") {
      Fetch(service: "more") {
        {
          ... on A {
            __typename
            id
          }
        } => {
          ... on A {
            more
          }
        }
      }
    },
  }
}
""")


def test_a_representation_going_into_an_interface_object_carries_the_interfaces_name() -> None:
    assert plan_text(composed(NODES), "{ nodes { stars } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "owner") {
      {
        nodes {
          __typename
          id
        }
      }
    },
    Flatten(path: "nodes.@") {
      Fetch(service: "stars") {
        {
          ... on Node {
            __typename
            id
          }
        } => {
          ... on Node {
            stars
          }
        }
      }
    },
  }
}
""")


def test_response_names_that_the_subgraph_could_not_merge_are_aliased_inside() -> None:
    assert plan_text(composed(SHAPES), "{ items { ... on X { n } ... on Y { n } } }") == snapshot("""\
QueryPlan {
  Fetch(service: "a") {
    {
      items {
        __typename
        ... on X {
          n
        }
        ... on Y {
          _r0_n: n
        }
      }
    }
  }
}
""")
