import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "out/", "node_modules/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: ["error", "always"],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      // Five are the client library's own number for one function.
      "max-params": ["error", 5],
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // The editor's `Disposable` is an interface in all but name: its own API returns plain objects.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // Numbers read as well inside a template as outside of one.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // The editor's own functions take callbacks that return nothing or a promise alike.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // Decisions are values: what talks to the editor stays outside, so that they run under plain Node.
    files: ["src/logic/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: ["vscode", "vscode-languageclient", "node:child_process", "node:fs"] },
      ],
    },
  },
  {
    // `node:test` returns promises that it waits for itself.
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-floating-promises": "off",
      "max-lines-per-function": "off",
    },
  },
);
