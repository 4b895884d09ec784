import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

function ReadyIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M9 5h12M9 12h12M9 19h12" />
      <path d="m2.5 3 3 2-3 2zM2.5 10l3 2-3 2zM2.5 17l3 2-3 2z" />
    </svg>
  );
}

/** What the comment above an operation says, and whether it changes anything. */
function describe(query) {
  const lines = query.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('#'));
  const [, kind, name] = /^(query|mutation|subscription)\s+(\w+)/m.exec(query) ?? [null, 'query', '<untitled>'];
  return { name, isMutation: kind === 'mutation', text: lines.slice(0, first).map((line) => line.slice(1).trim()).join(' ') };
}

function ReadyPanel({ operations }) {
  const tabs = useGraphiQL((state) => state.tabs);
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const { addTab, changeTab } = useGraphiQLActions();
  // Before the editors are there, a change of tabs does not reach them: they would show the first tab's text in this one.
  const isReady = Boolean(queryEditor && variableEditor);
  // A tab of this name is shown as its user left it; a closed one is opened anew.
  const open = (name, { query, variables }) => {
    const index = tabs.findIndex((tab) => tab.title === name);
    if (index >= 0) {
      changeTab(index);
      return;
    }
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables ?? '');
  };
  return (
    <section className="bg-panel" aria-label="Ready operations">
      <h2>Ready operations 常用查询与办理</h2>
      <ul>
        {operations.map((operation) => {
          const { name, isMutation, text } = describe(operation.query);
          return (
            <li key={name}>
              <button type="button" disabled={!isReady} onClick={() => open(name, operation)}>
                <b>{name}</b> {isMutation && <i>changes data 办理</i>}
                <small>{text}</small>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export const readyPlugin = (operations) => ({
  title: 'Ready operations',
  icon: ReadyIcon,
  content: () => <ReadyPanel operations={operations} />,
});
