// Where the editor's own ways lead to ours: the light bulb, lenses, and the server's pages.

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import type { Actions } from "./actions";
import { t } from "./words";

/** What a code action carries; the server makes and reads it. */
interface Ticket {
  action: string;
}

/** The command that an entry of the light bulb runs. */
export const CHOSEN = "camus.chosen";

function ticketOf(action: vscode.CodeAction | vscode.Command): Ticket | undefined {
  if (!(action instanceof vscode.CodeAction) || action.command || action.disabled) return undefined;
  const { data } = action as { data?: Partial<Ticket> };
  return data?.action === undefined ? undefined : { action: data.action };
}

/**
 * An entry that the editor resolved by itself would show a thin line and no way to stop; as a
 * command of ours it shows who is asked, can be stopped, and is looked at before it is applied.
 */
function chosen(
  action: vscode.CodeAction,
  ticket: Ticket,
  document: vscode.TextDocument,
  range: vscode.Range,
): vscode.CodeAction {
  action.command = {
    title: action.title,
    command: CHOSEN,
    arguments: [
      {
        action: ticket.action,
        title: action.title,
        place: { document, range },
        problems: action.diagnostics ?? [],
      },
    ],
  };
  return action;
}

/** Hidden from the light bulb by the editor, unless they are asked for by their kind. */
const WORDS = ["camus.explain", "camus.review"];

/** What is asked at a place in words of the user's own; an entry of the light bulb each. */
function inOwnWords(): vscode.CodeAction[] {
  const entry = (title: string, command: string) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.Empty.append("camus"));
    action.command = { title, command };
    return action;
  };
  return [
    entry(t("Modify with Instruction…"), "camus.modifyHere"),
    entry(t("Ask…"), "camus.askQuestion"),
  ];
}

/** A whole menu, asked for by the user: then it has what answers in words too. */
function wholeMenu(
  actions: (vscode.CodeAction | vscode.Command)[],
): (vscode.CodeAction | vscode.Command)[] {
  let worded = false;
  for (const action of actions) {
    if (action instanceof vscode.CodeAction && WORDS.includes(action.command?.command ?? "")) {
      action.kind = vscode.CodeActionKind.Empty.append("camus");
      worded = true;
    }
  }
  return worded ? [...actions, ...inOwnWords()] : actions;
}

const PAGE = /\/(explain|ask)-[0-9a-f]+\.md$/;
const DECISION = /\/decision-[^/]+\.md$/;

/** What is done otherwise than by the client's own book. */
export function middleware(actions: () => Actions): Middleware {
  return {
    async provideCodeActions(document, range, context, token, next) {
      const found = await next(document, range, context, token);
      const actions = found?.map((action) => {
        const ticket = ticketOf(action);
        return ticket && action instanceof vscode.CodeAction
          ? chosen(action, ticket, document, range)
          : action;
      });
      const asked = context.triggerKind === vscode.CodeActionTriggerKind.Invoke && !context.only;
      return actions && asked ? wholeMenu(actions) : actions;
    },
    resolveCodeAction: (action) => action,
    executeCommand(command, args: object[], next) {
      const argument = args[0] ?? {};
      switch (command) {
        case "camus.explain":
          return actions().explain(argument);
        case "camus.review":
          return actions().review(argument, t("Review"));
        case "camus.showDecision":
          return actions().why((argument as { id?: string }).id);
        default:
          return next(command, args) as unknown;
      }
    },
    window: {
      async showDocument(params, token, next) {
        const uri = vscode.Uri.parse(params.uri);
        if (PAGE.test(uri.path)) return { success: true }; // our own page shows it already
        if (!DECISION.test(uri.path)) return next(params, token);
        const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
        actions().decision = text;
        return { success: true };
      },
    },
  };
}
