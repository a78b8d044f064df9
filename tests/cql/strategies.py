"""Hypothesis strategies for names, types and every node of the syntax tree that the grammar can produce.

What the grammar cannot produce (a sum as the operand of a product without parentheses, a column as a term) is written
all the same by the renderer, but does not come back equal; such trees are not drawn here.
"""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from helenus.cql import ast, types
from helenus.cql.ast import ConstantKind
from helenus.cql.keywords import KEYWORDS, NATIVE_TYPES, RESERVED_TYPE_NAMES, UNRESERVED, VALUES

few = {"max_size": 2}
some = {"min_size": 1, "max_size": 2}


def tuples_of(items: SearchStrategy, **sizes: int) -> SearchStrategy[tuple]:
    """Draw tuples of one length or another."""
    return st.lists(items, **sizes).map(tuple)


def maybe(items: SearchStrategy) -> SearchStrategy:
    """Draw one of them or None."""
    return st.none() | items


def plain(items: SearchStrategy) -> SearchStrategy:
    """Draw the same, but print as nothing: Hypothesis refuses to print a strategy as large as these grow."""

    @st.composite
    def drawn(draw: st.DrawFn) -> object:
        return draw(items)

    return drawn()


# ---- names and types -------------------------------------------------------------------------------------------------

texts = plain(st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
names = plain(
    st.one_of(
        st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True),
        st.sampled_from(sorted(KEYWORDS | VALUES | RESERVED_TYPE_NAMES | {"expr", "p1y"})),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6),
    )
)
keyspaces = maybe(names)
table_names = st.builds(ast.TableName, keyspaces, names)
index_names = st.builds(ast.IndexName, keyspaces, names)
type_names = st.builds(ast.TypeName, keyspaces, names)
function_names = st.builds(ast.FunctionName, keyspaces, names)
columns = tuples_of(names, **some)

native_types = plain(st.builds(types.Native, st.sampled_from(sorted(NATIVE_TYPES))))
simple_types = plain(native_types | st.builds(types.UserDefined, keyspaces, names) | st.builds(types.Custom, texts))


@cache
def types_of_depth(depth: int) -> SearchStrategy[types.CQLType]:
    """Draw types that nest at most so deep."""
    if not depth:
        return simple_types
    inner = types_of_depth(depth - 1)
    return plain(
        st.one_of(
            simple_types,
            st.builds(types.List, inner),
            st.builds(types.Set, inner),
            st.builds(types.Map, inner, inner),
            st.builds(types.Tuple, tuples_of(inner, **some)),
            st.builds(types.Frozen, inner),
            st.builds(types.Vector, inner, st.integers(1, 2000)),
        )
    )


cql_types = types_of_depth(2)

# ---- constants and markers -------------------------------------------------------------------------------------------


def _constants(kind: ConstantKind, pattern: str) -> SearchStrategy[ast.Constant]:
    return st.builds(ast.Constant, st.just(kind), st.from_regex(pattern, fullmatch=True))


strings = st.builds(ast.string, texts)
integers = st.builds(ast.integer, st.integers(-(2**70), 2**70))
booleans = st.builds(ast.boolean, st.booleans())
floats = st.one_of(
    _constants(ConstantKind.FLOAT, r"-?[0-9]{1,3}\.[0-9]{0,3}([eE][+-]?[0-9]{1,2})?"),
    st.builds(ast.Constant, st.just(ConstantKind.FLOAT), st.sampled_from(["NaN", "-NaN", "Infinity", "-Infinity"])),
)
constants = plain(
    st.one_of(
        strings,
        integers,
        booleans,
        floats,
        _constants(ConstantKind.UUID, r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
        _constants(ConstantKind.HEX, r"0[xX][0-9a-fA-F]{0,8}"),
        _constants(ConstantKind.DURATION, r"-?([0-9]{1,3}(y|mo|w|d|h|m|s|ms|us|µs|ns|MO|H)){1,3}|-?P1Y2M3DT4H5M6S|P2W"),
    )
)
markers = st.builds(ast.BindMarker, maybe(names))
integers_or_markers = integers | markers

leaves = plain(constants | markers | st.just(ast.NULL))

# ---- terms -----------------------------------------------------------------------------------------------------------


@st.composite
def sums_of(draw: st.DrawFn, groups: SearchStrategy) -> ast.Term:
    """Draw operands joined as the parser joins them: from the left, products first."""

    def product() -> ast.Term:
        left = draw(groups)
        for operator in draw(operators_of_products):
            left = ast.Arithmetic(operator, left, draw(groups))
        return left

    left = product()
    for operator in draw(operators_of_sums):
        left = ast.Arithmetic(operator, left, product())
    return left


operators_of_products = st.sampled_from(["", "", "*", "/", "%", "*/"])
operators_of_sums = st.sampled_from(["", "+", "-", "-+"])


@cache
def terms_of_depth(depth: int) -> SearchStrategy[ast.Term]:
    """Draw terms that nest at most so deep."""
    simple = simple_terms_of_depth(depth)
    return plain(st.one_of(simple, simple, sums_of(simple | st.builds(ast.Negation, simple))))


@cache
def simple_terms_of_depth(depth: int) -> SearchStrategy[ast.Term]:
    """Draw terms without operators outside of brackets."""
    if not depth:
        return leaves
    term, simple = terms_of_depth(depth - 1), simple_terms_of_depth(depth - 1)
    return plain(
        st.one_of(
            leaves,
            st.builds(ast.ListLiteral, tuples_of(term, **few)),
            st.builds(ast.SetLiteral, tuples_of(term, **few)),
            st.builds(ast.MapLiteral, tuples_of(st.tuples(term, term), **some)),
            st.builds(ast.UserTypeLiteral, tuples_of(st.tuples(names, term), **some)),
            st.builds(ast.TupleLiteral, tuples_of(term, **some)),
            st.builds(ast.FunctionCall, names, tuples_of(term, **few), keyspaces),
            st.builds(ast.Cast, simple, native_types),
            st.builds(ast.TypeHint, cql_types, simple),
        )
    )


deep_terms = terms_of_depth(2)
terms = terms_of_depth(1)

# ---- selectors -------------------------------------------------------------------------------------------------------


@st.composite
def accesses_of(draw: st.DrawFn, operands: SearchStrategy) -> ast.Term:
    """Draw fields, elements and slices of something."""
    operand = draw(operands)
    for kind in draw(kinds_of_access):
        if kind is ast.FieldAccess:
            operand = ast.FieldAccess(operand, draw(names))
        elif kind is ast.ElementAccess:
            operand = ast.ElementAccess(operand, draw(leaves))
        else:
            operand = ast.SliceAccess(operand, *draw(ends))
    return operand


kinds_of_access = st.sampled_from(
    [
        (),
        (),
        (ast.FieldAccess,),
        (ast.ElementAccess,),
        (ast.SliceAccess,),
        (ast.ElementAccess, ast.FieldAccess),
        (ast.FieldAccess, ast.SliceAccess),
    ]
)
ends = plain(st.tuples(leaves, maybe(leaves)) | st.tuples(st.none(), leaves))


@cache
def expressions_of_depth(depth: int) -> SearchStrategy[ast.Term]:
    """Draw expressions that nest at most so deep."""
    accesses = plain(accesses_of(simple_expressions_of_depth(depth)))
    negations = st.builds(ast.Negation, accesses)
    return plain(
        st.one_of(accesses, accesses, sums_of(st.one_of(accesses, negations, st.builds(ast.Negation, negations))))
    )


selected_columns = st.builds(ast.Column, names)
selected_leaves = plain(
    st.one_of(
        selected_columns,
        leaves,
        st.builds(
            ast.CellFunction, st.sampled_from(["writetime", "maxwritetime", "ttl"]), accesses_of(selected_columns)
        ),
        st.just(ast.CountRows()),
    )
)


@cache
def simple_expressions_of_depth(depth: int) -> SearchStrategy[ast.Term]:
    """Draw expressions without operators and accesses outside of brackets."""
    if not depth:
        return selected_leaves
    expression = expressions_of_depth(depth - 1)
    return plain(
        st.one_of(
            selected_leaves,
            st.builds(ast.ListLiteral, tuples_of(expression, **few)),
            st.builds(ast.SetLiteral, tuples_of(expression, **few)),
            st.builds(ast.MapLiteral, tuples_of(st.tuples(expression, expression), **some)),
            # One item alone would be parentheses, which may be a type hint: "(a) [b]".
            st.builds(ast.TupleLiteral, tuples_of(expression, min_size=2, max_size=3)),
            st.builds(ast.FunctionCall, names, tuples_of(expression, **few), keyspaces),
            st.builds(ast.Cast, expression, native_types),
            st.builds(ast.TypeHint, cql_types, simple_expressions_of_depth(depth - 1)),
        )
    )


deep_expressions = expressions_of_depth(2)
expressions = expressions_of_depth(0)
selectors = plain(st.builds(ast.Selector, expressions, maybe(names)))

# ---- relations and conditions ----------------------------------------------------------------------------------------

comparisons = st.sampled_from(["=", "<", "<=", ">", ">=", "!="])
contains = st.sampled_from(["CONTAINS", "CONTAINS KEY"])
tuple_literals = st.builds(ast.TupleLiteral, tuples_of(terms, **some))
in_values = markers | st.builds(ast.TupleLiteral, tuples_of(terms, **few))
in_tuples = st.one_of(
    markers,
    st.builds(ast.TupleLiteral, tuples_of(tuple_literals, **few)),
    st.builds(ast.TupleLiteral, tuples_of(markers, **some)),
)
relations = plain(
    st.one_of(
        st.builds(ast.Relation, names, comparisons | contains | st.just("LIKE"), terms),
        st.builds(ast.Relation, names, st.just("IN"), in_values),
        st.builds(ast.MapEntryRelation, names, terms, comparisons, terms),
        st.builds(ast.TupleRelation, columns, comparisons, markers | tuple_literals),
        st.builds(ast.TupleRelation, columns, st.just("IN"), in_tuples),
        st.builds(ast.TokenRelation, columns, comparisons, terms),
        st.builds(ast.NotNullRelation, names),
        st.builds(ast.IndexExpression, names, terms),
    )
)
where = tuples_of(relations, min_size=1, max_size=2)
conditions = plain(
    st.one_of(
        st.builds(ast.Condition, names, comparisons | contains, terms),
        st.builds(ast.Condition, names, st.just("IN"), in_values),
        st.builds(ast.ElementCondition, names, terms, comparisons, terms),
        st.builds(ast.ElementCondition, names, terms, st.just("IN"), in_values),
        st.builds(ast.FieldCondition, names, names, comparisons, terms),
        st.builds(ast.FieldCondition, names, names, st.just("IN"), in_values),
    )
)
only_if = st.one_of(
    st.just({}),
    st.just({"if_exists": True}),
    st.fixed_dictionaries({"conditions": tuples_of(conditions, min_size=1, max_size=2)}),
)

# ---- statements on data ----------------------------------------------------------------------------------------------

timestamps = st.builds(ast.Using, timestamp=integers_or_markers)
using = st.one_of(
    timestamps,
    st.builds(ast.Using, ttl=integers_or_markers),
    st.builds(ast.Using, ttl=integers_or_markers, timestamp=integers_or_markers),
)
assignments = st.one_of(
    st.builds(ast.SetValue, names, terms),
    st.builds(ast.Add, names, terms),
    st.builds(ast.Subtract, names, terms),
    st.builds(ast.Prepend, names, terms),
    st.builds(ast.SetElement, names, terms, terms),
    st.builds(ast.SetField, names, names, terms),
)
deletions = st.one_of(
    st.builds(ast.Column, names),
    st.builds(ast.ElementAccess, st.builds(ast.Column, names), terms),
    st.builds(ast.FieldAccess, st.builds(ast.Column, names), names),
)
selects = st.builds(
    ast.Select,
    table_names,
    tuples_of(selectors, **few),
    where | st.just(()),
    tuples_of(expressions, max_size=2),
    tuples_of(st.builds(ast.Ordering, names, st.booleans(), maybe(terms)), max_size=2),
    maybe(integers_or_markers),
    maybe(integers_or_markers),
    st.booleans(),
    st.booleans(),
    st.booleans(),
).filter(lambda select: select.selectors or not select.distinct)  # there is no SELECT DISTINCT *
inserts = st.builds(ast.Insert, table_names, columns, tuples_of(terms, **some), st.booleans(), maybe(using))
json_inserts = st.builds(ast.InsertJSON, table_names, strings | markers, st.booleans(), st.booleans(), maybe(using))
updates = st.builds(
    lambda only, **parts: ast.Update(**parts, **only),
    only_if,
    table=table_names,
    assignments=tuples_of(assignments, min_size=1, max_size=2),
    where=where,
    using=maybe(using),
)
deletes = st.builds(
    lambda only, **parts: ast.Delete(**parts, **only),
    only_if,
    table=table_names,
    selections=tuples_of(deletions, max_size=2),
    where=where,
    using=maybe(timestamps),
)
modifications = plain(st.one_of(inserts, json_inserts, updates, deletes))
batches = st.builds(
    ast.Batch,
    st.sampled_from(["LOGGED", "UNLOGGED", "COUNTER"]),
    tuples_of(modifications, max_size=2),
    maybe(using),
)

# ---- statements on the schema ----------------------------------------------------------------------------------------

option_values = st.one_of(
    constants,
    st.builds(ast.MapLiteral, tuples_of(st.tuples(terms, terms), max_size=2)),
    st.builds(ast.Word, st.sampled_from(sorted(UNRESERVED))),
)
options = st.lists(
    st.builds(ast.Option, names, option_values), min_size=1, max_size=2, unique_by=lambda option: option.name
).map(tuple)
options = plain(options)
masks = st.one_of(
    st.just(ast.FunctionCall("mask_default", (), "system")),
    st.builds(ast.FunctionCall, names, tuples_of(terms, max_size=2), keyspaces),
)
definitions = st.builds(ast.ColumnDefinition, names, cql_types, st.booleans(), maybe(masks))
orders = tuples_of(st.builds(ast.ClusteringOrder, names, st.booleans()), max_size=2)
renames = tuples_of(st.tuples(names, names), min_size=1, max_size=2)
fields = st.builds(ast.FieldDefinition, names, cql_types)
signatures = tuples_of(cql_types, max_size=2)
flag = st.booleans()

CREATE_TABLE = st.builds(
    lambda keyed, **parts: ast.CreateTable(**parts, **keyed),
    st.one_of(
        st.just({}),
        st.fixed_dictionaries({"partition_key": columns, "clustering_key": tuples_of(names, max_size=2)}),
    ),
    table=table_names,
    columns=tuples_of(definitions, **some),
    clustering_order=orders,
    options=options | st.just(()),
    compact_storage=flag,
    if_not_exists=flag,
)

# ---- roles and permissions -------------------------------------------------------------------------------------------

role_options = st.one_of(
    st.builds(ast.RoleOption, st.sampled_from(["PASSWORD", "HASHED PASSWORD"]), strings),
    st.builds(ast.RoleOption, st.sampled_from(["LOGIN", "SUPERUSER"]), booleans),
    st.builds(
        ast.RoleOption,
        st.just("OPTIONS"),
        st.builds(ast.MapLiteral, tuples_of(st.tuples(terms, terms), max_size=2)),
    ),
    st.builds(
        ast.RoleOption,
        st.sampled_from(["ACCESS TO DATACENTERS", "ACCESS FROM CIDRS"]),
        maybe(tuples_of(texts, **some)),
    ),
)
permissions = st.just(("ALL",)) | tuples_of(
    st.sampled_from(["ALTER", "AUTHORIZE", "CREATE", "DESCRIBE", "DROP", "EXECUTE", "MODIFY", "SELECT"])
    | st.sampled_from(["SELECT_MASKED", "UNMASK"]),
    min_size=1,
    max_size=2,
)
resources = st.one_of(
    st.builds(ast.Resource, st.sampled_from(["ALL KEYSPACES", "ALL ROLES", "ALL FUNCTIONS", "ALL MBEANS"])),
    st.builds(
        ast.Resource,
        st.sampled_from(["KEYSPACE", "ALL TABLES IN KEYSPACE", "ROLE", "ALL FUNCTIONS IN KEYSPACE"]),
        names,
    ),
    st.builds(ast.Resource, st.just("TABLE"), table_names),
    st.builds(ast.Resource, st.just("FUNCTION"), function_names, signatures),
    st.builds(ast.Resource, st.sampled_from(["MBEAN", "MBEANS"]), texts),
)
user_options = st.one_of(st.just({}), st.fixed_dictionaries({"password": texts, "hashed": st.booleans()}))
superusers = st.sampled_from([True, False, None])

ALONE = ["CLUSTER", "SCHEMA", "FULL SCHEMA", "KEYSPACES", "TABLES", "TYPES", "FUNCTIONS", "AGGREGATES"]
describes = st.one_of(
    st.builds(ast.Describe, st.sampled_from(ALONE), internals=flag),
    st.builds(ast.Describe, st.sampled_from(["KEYSPACE", "ONLY KEYSPACE"]), maybe(names), flag),
    st.builds(ast.Describe, st.sampled_from(["TABLE", "MATERIALIZED VIEW", None]), table_names, flag),
    st.builds(ast.Describe, st.just("INDEX"), index_names, flag),
    st.builds(ast.Describe, st.just("TYPE"), type_names, flag),
    st.builds(ast.Describe, st.sampled_from(["FUNCTION", "AGGREGATE"]), function_names, flag),
)

STATEMENTS: dict[type[ast.Statement], SearchStrategy] = {
    ast.AddIdentity: st.builds(ast.AddIdentity, texts, texts, flag),
    ast.AlterKeyspace: st.builds(ast.AlterKeyspace, names, options, flag),
    ast.AlterMaterializedView: st.builds(ast.AlterMaterializedView, table_names, options, flag),
    ast.AlterRole: st.builds(ast.AlterRole, names, tuples_of(role_options, **few), flag),
    ast.AlterTableAdd: st.builds(ast.AlterTableAdd, table_names, tuples_of(definitions, **some), flag, flag),
    ast.AlterTableDrop: st.builds(
        ast.AlterTableDrop, table_names, columns, maybe(st.integers(-(2**63), 2**63 - 1)), flag, flag
    ),
    ast.AlterTableDropCompactStorage: st.builds(ast.AlterTableDropCompactStorage, table_names, flag),
    ast.AlterTableMask: st.builds(ast.AlterTableMask, table_names, names, maybe(masks), flag, flag),
    ast.AlterTableOptions: st.builds(ast.AlterTableOptions, table_names, options, flag),
    ast.AlterTableRename: st.builds(ast.AlterTableRename, table_names, renames, flag, flag),
    ast.AlterTableType: st.builds(ast.AlterTableType, table_names, names, cql_types, flag),
    ast.AlterTypeAdd: st.builds(ast.AlterTypeAdd, type_names, fields, flag, flag),
    ast.AlterTypeField: st.builds(ast.AlterTypeField, type_names, fields, flag),
    ast.AlterTypeRename: st.builds(ast.AlterTypeRename, type_names, renames, flag, flag),
    ast.AlterUser: st.builds(
        lambda name, password, superuser, present: ast.AlterUser(
            name, superuser=superuser, if_exists=present, **password
        ),
        texts,
        user_options,
        superusers,
        flag,
    ),
    ast.Batch: batches,
    ast.CreateAggregate: st.builds(
        ast.CreateAggregate, function_names, signatures, names, cql_types, maybe(names), maybe(terms), flag, flag
    ),
    ast.CreateFunction: st.builds(
        ast.CreateFunction,
        function_names,
        tuples_of(st.builds(ast.Argument, names, cql_types), **few),
        cql_types,
        st.sampled_from(["java", "lua"]),
        texts,
        flag,
        flag,
        flag,
    ),
    ast.CreateIndex: st.builds(
        ast.CreateIndex,
        table_names,
        tuples_of(
            st.builds(ast.IndexTarget, names, st.sampled_from([None, "VALUES", "KEYS", "ENTRIES", "FULL"])), **few
        ),
        maybe(names),
        maybe(texts),
        options | st.just(()),
        flag,
        flag,
    ),
    ast.CreateKeyspace: st.builds(ast.CreateKeyspace, names, options, flag),
    ast.CreateMaterializedView: st.builds(
        ast.CreateMaterializedView,
        table_names,
        table_names,
        tuples_of(selectors, max_size=2),
        where | st.just(()),
        columns,
        tuples_of(names, max_size=2),
        orders,
        options | st.just(()),
        flag,
        flag,
    ),
    ast.CreateRole: st.builds(ast.CreateRole, names, tuples_of(role_options, **few), flag),
    ast.CreateTable: CREATE_TABLE,
    ast.CreateTrigger: st.builds(ast.CreateTrigger, names, table_names, texts, flag),
    ast.CreateType: st.builds(ast.CreateType, type_names, tuples_of(fields, **some), flag),
    ast.CreateUser: st.builds(
        lambda name, password, superuser, absent: ast.CreateUser(
            name, superuser=superuser, if_not_exists=absent, **password
        ),
        texts,
        user_options,
        superusers,
        flag,
    ),
    ast.Delete: deletes,
    ast.Describe: describes,
    ast.DropAggregate: st.builds(ast.DropAggregate, function_names, maybe(signatures), flag),
    ast.DropFunction: st.builds(ast.DropFunction, function_names, maybe(signatures), flag),
    ast.DropIdentity: st.builds(ast.DropIdentity, texts, flag),
    ast.DropIndex: st.builds(ast.DropIndex, index_names, flag),
    ast.DropKeyspace: st.builds(ast.DropKeyspace, names, flag),
    ast.DropMaterializedView: st.builds(ast.DropMaterializedView, table_names, flag),
    ast.DropRole: st.builds(ast.DropRole, names, flag),
    ast.DropTable: st.builds(ast.DropTable, table_names, flag),
    ast.DropTrigger: st.builds(ast.DropTrigger, names, table_names, flag),
    ast.DropType: st.builds(ast.DropType, type_names, flag),
    ast.DropUser: st.builds(ast.DropUser, texts, flag),
    ast.Grant: st.builds(ast.Grant, permissions, resources, names),
    ast.GrantRole: st.builds(ast.GrantRole, names, names),
    ast.Insert: inserts,
    ast.InsertJSON: json_inserts,
    ast.ListPermissions: st.builds(ast.ListPermissions, permissions, maybe(resources), maybe(names), flag),
    ast.ListRoles: st.builds(ast.ListRoles, maybe(names), flag),
    ast.ListUsers: st.just(ast.ListUsers()),
    ast.Revoke: st.builds(ast.Revoke, permissions, resources, names),
    ast.RevokeRole: st.builds(ast.RevokeRole, names, names),
    ast.Select: selects,
    ast.Truncate: st.builds(ast.Truncate, table_names),
    ast.Update: updates,
    ast.Use: st.builds(ast.Use, names),
}
"""One strategy for each statement of the language."""
