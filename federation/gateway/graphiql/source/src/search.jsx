import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { DOC_EXPLORER_PLUGIN, useDocExplorerActions } from '@graphiql/plugin-doc-explorer';
import { useMemo, useState } from 'react';

const MOST_RESULTS = 100;

function SearchIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5h9M4 10h5M4 15h5" />
      <circle cx="15" cy="14" r="4.5" />
      <path d="m18.5 17.5 3 3" />
    </svg>
  );
}

/** Every described element of the schema: {coordinate, description, text, path}; `path` is what the explorer opens. */
function indexSchema(schema) {
  const entries = [];
  const add = (coordinate, def, path) => {
    const description = def.description ?? '';
    entries.push({ coordinate, description, text: `${coordinate} ${description}`.toLowerCase(), path });
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    const typeItem = { name: type.name, def: type };
    add(type.name, type, [typeItem]);
    for (const field of Object.values(type.getFields?.() ?? {})) {
      const fieldPath = [typeItem, { name: field.name, def: field }];
      add(`${type.name}.${field.name}`, field, fieldPath);
      for (const argument of field.args ?? []) {
        add(`${type.name}.${field.name}(${argument.name}:)`, argument, fieldPath);
      }
    }
    for (const value of type.getValues?.() ?? []) add(`${type.name}.${value.name}`, value, [typeItem]);
  }
  return entries;
}

function find(entries, term) {
  const words = term.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return entries.filter(({ text }) => words.every((word) => text.includes(word))).slice(0, MOST_RESULTS);
}

function SearchPanel() {
  const schema = useGraphiQL((state) => state.schema);
  const { setVisiblePlugin } = useGraphiQLActions();
  const explorer = useDocExplorerActions();
  const [term, setTerm] = useState('');
  const entries = useMemo(() => (schema ? indexSchema(schema) : []), [schema]);
  const results = find(entries, term);
  const open = (path) => {
    explorer.reset();
    path.forEach((item) => explorer.push(item));
    setVisiblePlugin(DOC_EXPLORER_PLUGIN);
  };
  return (
    <section className="bg-panel" aria-label="Search names and descriptions">
      <h2>Search 查找</h2>
      <input
        type="search"
        autoFocus
        value={term}
        onChange={(event) => setTerm(event.target.value)}
        placeholder="AAC003, 姓名, pension …"
        aria-label="Name, indicator code or word of a description"
      />
      <ul>
        {results.map(({ coordinate, description, path }) => (
          <li key={coordinate}>
            <button type="button" onClick={() => open(path)}>
              <b>{coordinate}</b>
              <small>{description}</small>
            </button>
          </li>
        ))}
      </ul>
      {term && results.length === 0 && <p>Nothing found. 未找到。</p>}
    </section>
  );
}

export const SEARCH_PLUGIN = { title: 'Search names and descriptions', icon: SearchIcon, content: SearchPanel };
