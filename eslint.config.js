// Typed lint: promises, exhaustiveness, size limits, and the two layer rules most tempting to break.

import { builtinModules } from "node:module";
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const nodeModules = builtinModules.flatMap((name) => [name, `node:${name}`]);
const pureFolders = [
  "server/src/base/**",
  "server/src/image/**",
  "server/src/paths/**",
  "server/src/knative/**",
  "server/src/document/**",
  "server/src/registry/**",
  "server/src/resolver/**",
  "server/src/workspace/**",
  "server/src/findings/**",
  "server/src/features/**",
  "server/src/*.ts",
];

export default tseslint.config(
  { ignores: ["out/", "dist/", ".cache/", "node_modules/", "coverage/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "max-lines": ["error", { max: 300, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: 80, skipComments: true, skipBlankLines: true }],
      "max-params": ["error", 4],
      "max-depth": ["error", 3],
      complexity: ["error", 20],
      // Everything is made of closures: there is no `this` that a taken-out function could lose.
      "@typescript-eslint/unbound-method": "off",
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "Program > VariableDeclaration[kind='let']",
          message: "No state in a module: give it an owner.",
        },
        {
          selector:
            "Program > VariableDeclaration NewExpression[callee.name=/^(Map|Set|WeakMap)$/][arguments.length=0]",
          message: "No state in a module: give it an owner.",
        },
        {
          selector: "CallExpression[callee.property.name=/^(push|unshift)$/] > SpreadElement",
          message: "Use append() or a loop: a long list would exhaust the stack.",
        },
      ],
    },
  },
  {
    files: pureFolders,
    rules: {
      "no-restricted-imports": ["error", { paths: nodeModules }],
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "setInterval", "Date"],
    },
  },
  {
    files: ["server/src/server/**"],
    ignores: ["server/src/server/lspLibrary.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["vscode-languageserver", "vscode-languageserver/*"],
              allowTypeImports: true,
              message:
                "Import values from lspLibrary.ts: each import of the package slows the start.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 500, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
    rules: { "no-undef": "off" },
  },
);
