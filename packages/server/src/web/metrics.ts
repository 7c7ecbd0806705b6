/** Figures for Prometheus: the process's own, and what the desk carries. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface MetricSources {
  isEngineUp: () => boolean;
  clients: () => number;
}

export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'openline_server_' });
  const gauge = (name: string, help: string, read: () => number): void => {
    const metric: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => metric.set(read()),
    });
  };
  gauge('openline_engine_up', '1 while the engine is connected', () => Number(sources.isEngineUp()));
  gauge('openline_clients', 'Connected WebSocket clients', sources.clients);
  return registry;
}
