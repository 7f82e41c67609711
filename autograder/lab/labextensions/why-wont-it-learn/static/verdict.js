// Two commands for JupyterLab: the verdict on the notebook in front, beside it, and the course map. Written by hand in the
// form in which JupyterLab loads extensions that were built elsewhere, so that nothing has to be built here.
(() => {
  const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const address = `${window.location.origin}${baseUrl}autograder/`;

  // One panel for all lessons, also one that JupyterLab has restored from the last visit.
  const open = (app) => Array.from(app.shell.widgets("main")).find(
    (widget) => widget.content && typeof widget.content.url === "string" && widget.content.url.startsWith(address)
  );

  const show = async (app, path, text) => {
    const beside = app.shell.currentWidget;
    const url = address + path;
    let panel = open(app);
    if (panel) {
      panel.content.url = url;
      panel.title.label = text;
      app.shell.activateById(panel.id);
    } else {
      panel = await app.commands.execute("help:open", { url, text });
      if (beside) app.shell.add(panel, "main", { mode: "split-right", ref: beside.id });
    }
    if (beside && !beside.isDisposed) app.shell.activateById(beside.id);
  };

  const activate = (app) => {
    app.commands.addCommand("why-wont-it-learn:verdict", {
      label: "Verdict",
      caption: "The full verdict on this lesson, renewed whenever you save",
      execute: async () => {
        const context = app.shell.currentWidget && app.shell.currentWidget.context;
        if (context && context.model && context.model.dirty) await app.commands.execute("docmanager:save"); // not twice at once
        const path = context ? `notebook?path=${encodeURIComponent(context.path)}` : "current";
        await show(app, path, "Verdict");
      },
    });
    app.commands.addCommand("why-wont-it-learn:map", {
      label: "Course Map",
      caption: "All lessons, and what you have earned",
      execute: () => show(app, "", "Course map"),
    });
  };

  const plugins = [{ id: "why-wont-it-learn:verdict", autoStart: true, activate }];
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["why-wont-it-learn"] = {
    init: () => undefined,
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugins })),
  };
})();
