// The two channels: what happened, and which messages passed. Neither ever holds code.

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";

export interface Channels extends vscode.Disposable {
  readonly log: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
}

export function openChannels(): Channels {
  const log = vscode.window.createOutputChannel("Camus", { log: true });
  const trace = vscode.window.createOutputChannel("Camus Trace", { log: true });
  return { log, trace, dispose: () => [log, trace].forEach((each) => each.dispose()) };
}

type Sends = Required<Pick<Middleware, "sendRequest" | "sendNotification">>;

function nameOf(type: string | { method: string }): string {
  return typeof type === "string" ? type : type.method;
}

/** The client's own tracing writes whole messages, code included; this one writes their names. */
export function tracing(trace: vscode.LogOutputChannel, on: () => boolean): Sends {
  return {
    async sendRequest(type, param, token, next) {
      if (!on()) return next(type, param, token);
      const began = performance.now();
      const ended = (how: string) =>
        trace.info(`${nameOf(type)} ${how} after ${(performance.now() - began).toFixed(0)} ms`);
      try {
        const result = await next(type, param, token);
        ended("answered");
        return result;
      } catch (error) {
        ended("failed");
        throw error;
      }
    },
    sendNotification(type, next, params) {
      if (on()) trace.info(nameOf(type));
      return next(type, params);
    },
  };
}
