import { useSyncExternalStore } from 'react';

import { currentPlan, subscribeToPlan } from './fetcher.js';

function PlanIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <rect x="9" y="2.5" width="6" height="5" rx="1" />
      <rect x="2.5" y="16.5" width="6" height="5" rx="1" />
      <rect x="15.5" y="16.5" width="6" height="5" rx="1" />
      <path d="M12 7.5v4.5M5.5 16.5V12h13v4.5" />
    </svg>
  );
}

function PlanPanel() {
  const plan = useSyncExternalStore(subscribeToPlan, currentPlan);
  return (
    <section className="bg-panel" aria-label="Query plan">
      <h2>Query plan 查询计划</h2>
      {plan === null ? (
        <p>Run an operation to see which subgraphs it asks, in which order. 执行查询后显示。</p>
      ) : (
        <pre data-testid="query-plan">{plan}</pre>
      )}
    </section>
  );
}

export const PLAN_PLUGIN = { title: 'Query plan', icon: PlanIcon, content: PlanPanel };
