/** For watching: is it alive, is it ready for calls, and figures for Prometheus. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { refuse } from './answers.ts';
import { isLoopback } from './request-origin.ts';

interface HealthReport {
  /** `ok`: telephone and desk work. `degraded`: the page works, the engine is not there. */
  status: 'ok' | 'degraded';
  version: string;
  http_port: number;
  /** null: not spoken. */
  https_port: number | null;
  /** 0 while the engine is away. */
  sip_port: number;
  /** SIP over TLS, and over WebSocket; 0: not spoken. */
  sip_tls_port: number;
  sip_ws_port: number;
  engine: 'up' | 'down';
  database: 'ok' | 'failed';
  uptime_s: number;
}

export interface HealthRouteOptions {
  health: () => HealthReport;
  metrics: Registry;
}

export function addHealthRoutes(app: FastifyInstance, { health, metrics }: HealthRouteOptions): void {
  app.get('/health', async (_request, reply) => reply.header('cache-control', 'no-store').send(health()));

  app.get('/ready', async (_request, reply) => {
    const { status } = health();
    return reply.code(status === 'ok' ? 200 : 503).send({ ready: status === 'ok' });
  });

  app.get('/metrics', async (request, reply) => {
    if (!isLoopback(request.ip)) return refuse(reply, 'forbidden');
    return reply.type(metrics.contentType).send(await metrics.metrics());
  });
}
