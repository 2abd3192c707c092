import './no-eval.ts';
import { mount } from 'svelte';
import App from './app.svelte';
import './ui/styles/tokens.css';
import './ui/styles/fonts.css';
import './ui/styles/base.css';

// The token in the address has become a cookie; nobody should copy it from there or find it in the history.
const here = new URL(location.href);
if (here.searchParams.has('token')) {
  here.searchParams.delete('token');
  history.replaceState(null, '', here);
}

mount(App, { target: document.body });
