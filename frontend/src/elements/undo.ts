// <wangge-undo seconds="10">: shows for how long a move just made may be taken back, then goes.

class Undo extends HTMLElement {
  connectedCallback(): void {
    let rest = Number(this.getAttribute("seconds") ?? "10");
    const shown = this.querySelector("[data-rest]");
    const show = (): void => {
      if (shown) shown.textContent = ` ${rest} s`;
    };
    show();
    const timer = setInterval(() => {
      rest -= 1;
      show();
      if (rest <= 0 || !this.isConnected) {
        clearInterval(timer);
        this.closest("form")?.remove();
      }
    }, 1000);
  }
}

customElements.define("wangge-undo", Undo);
