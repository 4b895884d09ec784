"""The definitions that every supergraph carries, of join v0.5 and link v1.0.

Source: https://specs.apollo.dev/join/v0.5 and https://specs.apollo.dev/link/v1.0
"""

JOIN_DIRECTIVES = (
    (
        "@join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments)"
        " repeatable on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION"
    ),
    "@join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE",
    (
        "@join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String,"
        " external: Boolean, override: String, usedOverridden: Boolean, overrideLabel: String,"
        " contextArguments: [join__ContextArgument!]) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION"
    ),
    "@join__graph(name: String!, url: String!) on ENUM_VALUE",
    "@join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE",
    (
        "@join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false,"
        " resolvable: Boolean! = true, isInterfaceObject: Boolean! = false)"
        " repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR"
    ),
    "@join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION",
    "@link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA",
)
JOIN_TYPES = """
input join__ContextArgument {
  name: String!
  type: String!
  context: String!
  selection: join__FieldValue!
}

scalar join__DirectiveArguments

scalar join__FieldSet

scalar join__FieldValue
"""
LINK_TYPES = '''
scalar link__Import

enum link__Purpose {
  """`SECURITY` features are needed to resolve fields securely."""
  SECURITY

  """`EXECUTION` features are needed to execute operations."""
  EXECUTION
}
'''
