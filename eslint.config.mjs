import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const styleRules = [
  {
    selector: 'ExportDefaultDeclaration',
    message: 'No default exports: a name stays the same wherever it is used.',
  },
  {
    selector: 'FunctionDeclaration[generator=false]',
    message: 'Functions are const arrows; only generators, which no arrow can be, are declared.',
  },
  { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that owns the name.' },
];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'out/',
      'dist/',
      '.cache/',
      '.longtake/',
      'resources/',
      'training/',
      'tests/fixtures/',
      'demo-results/',
      '.venv/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: { globals: globals.node },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', ...styleRules],
    },
  },
  ...svelte.configs.recommended,
  {
    files: ['renderer/**'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // State is replaced whole ($state.raw), never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
      'no-restricted-syntax': [
        'error',
        ...styleRules,
        {
          selector: 'SvelteAttribute[key.name="style"]',
          message: 'The content security policy refuses style attributes: use a class, or style:name={value}.',
        },
      ],
    },
  },
  {
    // Tools read these by their default export.
    files: ['**/*.config.ts', '**/*.config.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
