const again = document.getElementById("again");
again.addEventListener("click", () => window.location.reload());

// The keys are for the board from the first moment on, as in a terminal.
new MutationObserver((_, observer) => {
  const typed = document.querySelector(".xterm-helper-textarea");
  if (typed && document.body.classList.contains("-first-byte")) {
    observer.disconnect();
    typed.focus();
  }
}).observe(document.body, { attributes: true, childList: true, subtree: true });
