import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from "graphql";

/** What a query costs by GitHub's formula, and what it does wrong about page sizes. */
export type QueryCost = {
  readonly points: number;
  readonly nodes: number;
  /** Aliased fields at the root: what makes a batch heavy. */
  readonly aliases: number;
  readonly mistakes: { readonly type: string; readonly message: string; readonly path: readonly string[] }[];
};

type Walk = {
  readonly schema: GraphQLSchema;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly mistakes: QueryCost["mistakes"];
  requests: number;
  nodes: number;
};

/**
 * Requests needed to fill every connection, over 100, rounded, at least 1
 * (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): QueryCost {
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const walk: Walk = {
    schema,
    variables,
    fragments: new Map(fragments.map((one) => [one.name.value, one])),
    mistakes: [],
    requests: 0,
    nodes: 0,
  };
  let aliases = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    aliases += definition.selectionSet.selections.length;
    const root = schema.getRootType(definition.operation);
    if (root) walkSelections(walk, definition.selectionSet, root, { times: 1, path: [definition.operation] });
  }
  const { mistakes, nodes, requests } = walk;
  if (nodes > 500_000) {
    const message = `This query requests up to ${nodes} possible nodes which exceeds the maximum limit of 500,000.`;
    mistakes.push({ type: "MAX_NODE_LIMIT_EXCEEDED", message, path: [] });
  }
  return { points: Math.max(1, Math.round(requests / 100)), nodes, aliases, mistakes };
}

type At = { readonly times: number; readonly path: readonly string[] };

function walkSelections(walk: Walk, set: SelectionSetNode, type: GraphQLNamedType, at: At): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      walkField(walk, selection, type, at);
      continue;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : walk.fragments.get(selection.name.value);
    const condition = fragment?.typeCondition?.name.value;
    const inner = condition === undefined ? type : walk.schema.getType(condition);
    if (fragment !== undefined && inner) walkSelections(walk, fragment.selectionSet, inner, at);
  }
}

function walkField(walk: Walk, field: FieldNode, type: GraphQLNamedType, at: At): void {
  if (field.selectionSet === undefined || !(isObjectType(type) || isInterfaceType(type))) return;
  const definition = type.getFields()[field.name.value];
  if (definition === undefined) return;
  const inner = getNamedType(definition.type);
  const path = [...at.path, field.alias?.value ?? field.name.value];
  if (!inner.name.endsWith("Connection")) {
    walkSelections(walk, field.selectionSet, inner, { ...at, path });
    return;
  }
  walk.requests += at.times;
  const size = pageSize(walk, field);
  const times = at.times * (size ?? 0);
  walk.nodes += times;
  checkPageSize(walk, field, size, path);
  walkSelections(walk, field.selectionSet, inner, { times, path });
}

function checkPageSize(walk: Walk, field: FieldNode, size: number | undefined, path: readonly string[]): void {
  const name = field.name.value;
  const wantsNodes = field.selectionSet?.selections.some(
    (one) => one.kind === Kind.FIELD && ["nodes", "edges"].includes(one.name.value),
  );
  if (size === undefined && wantsNodes === true) {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    walk.mistakes.push({ type: "MISSING_PAGINATION_BOUNDARIES", message, path });
  }
  if (size !== undefined && (size > 100 || size < 1)) {
    const message = `Requesting ${size} records on the \`${name}\` connection exceeds the \`first\` limit of 100 records.`;
    walk.mistakes.push({ type: "EXCESSIVE_PAGINATION", message, path });
  }
}

function pageSize(walk: Walk, field: FieldNode): number | undefined {
  const argument = field.arguments?.find(({ name }) => name.value === "first" || name.value === "last");
  const value = argument === undefined ? undefined : valueFromASTUntyped(argument.value, walk.variables);
  return typeof value === "number" ? value : undefined;
}
