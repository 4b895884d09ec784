// The cities, as answers name them: `City.name` in Chinese, the partition's name in Latin letters.

import { language } from '/console/language.js';

const cities = new Map();

/** Take the cities' names from wherever they stand in an answer. */
export function learnCities({ data, sources }) {
  for (const { city, partition } of sources) if (city && partition) remember(city, { latin: capitalised(partition) });
  visit(data);
}

export function cityName(code) {
  const known = cities.get(code);
  const [first, second] = language() === 'zh' ? [known?.chinese, known?.latin] : [known?.latin, known?.chinese];
  return first ?? second ?? code ?? '–';
}

/** The codes of all cities known so far, in their order. */
export function knownCities() {
  return [...cities.keys()].sort();
}

function visit(value) {
  if (Array.isArray(value)) value.forEach(visit);
  else if (value !== null && typeof value === 'object') {
    if (value.__typename === 'City') remember(value.code, { chinese: value.name });
    Object.values(value).forEach(visit);
  }
}

function remember(code, names) {
  cities.set(code, { ...cities.get(code), ...names });
}

function capitalised(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
