import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { fetchGraphQL } from './fetcher.js';
import { PLAN_PLUGIN } from './plan.jsx';
import { readyPlugin } from './ready.jsx';
import { SEARCH_PLUGIN } from './search.jsx';

/** The ready operations of this gateway: [{query, variables}], empty where none are configured. */
async function loadTabs() {
  try {
    const response = await fetch('/graphiql/operations.json');
    return response.ok ? await response.json() : [];
  } catch {
    return [];
  }
}

const tabs = await loadTabs();
// GraphiQL takes the first tab's query from `defaultTabs` but not its variables; what a user left behind comes first.
const isFirstVisit = sessionStorage.getItem('graphiql:tabState') === null;
createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetchGraphQL}
    plugins={tabs.length > 0 ? [SEARCH_PLUGIN, PLAN_PLUGIN, readyPlugin(tabs)] : [SEARCH_PLUGIN, PLAN_PLUGIN]}
    // Variables hold id numbers: nothing is kept longer than the browser's tab, and there is no history.
    storage={sessionStorage}
    defaultTabs={tabs.length > 0 ? tabs : undefined}
    initialVariables={isFirstVisit ? tabs[0]?.variables : undefined}
    defaultEditorToolsVisibility="variables"
    shouldPersistHeaders={false}
  >
    <GraphiQL.Logo>bureaugraph</GraphiQL.Logo>
  </GraphiQL>,
);
