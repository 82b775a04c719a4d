// ESLint for the browser modules and their tests; Prettier (package.json) lays the code out.
import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-implicit-globals": "error",
      "no-var": "error",
      "prefer-const": "error",
      // Hashing rewrites an import only if its statement ends in a semicolon (docs/architecture.md).
      semi: "error",
    },
  },
  { files: ["tests/js/**"], languageOptions: { globals: globals.node } },
];
