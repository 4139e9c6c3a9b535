// What the parts of a score are called; the names are the server's own.

import { t } from "../words";

/** A part in the user's language; a name that is not known stays as it is. */
export function partName(name: string): string {
  switch (name) {
    case "correctness":
      return t("correctness");
    case "security":
      return t("security");
    case "performance":
      return t("performance");
    case "style":
      return t("style");
    case "consistency":
      return t("consistency");
    case "minimality":
      return t("minimality");
    case "documentation":
      return t("documentation");
    case "implementation":
      return t("implementation");
    case "behaviour":
      return t("behaviour");
    case "fix":
      return t("fix");
    case "types":
      return t("types");
    case "tests":
      return t("tests");
    default:
      return name;
  }
}
