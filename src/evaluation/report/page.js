for (const heading of document.querySelectorAll(".sortable th")) {
  heading.addEventListener("click", () => {
    const body = heading.closest("table").tBodies[0];
    const at = heading.cellIndex;
    const up = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = (row) => row.cells[at].textContent;
    const order = (a, b) => key(a).localeCompare(key(b), undefined, { numeric: true });
    body.append(...[...body.rows].sort((a, b) => (up ? order(a, b) : order(b, a))));
  });
}
document.getElementById("save").addEventListener("click", () => {
  const data = new Blob([document.getElementById("data").textContent], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = "report.json";
  link.click();
  URL.revokeObjectURL(link.href);
});
