/// Every name that a template can say: those of all values of a page, and `rows` and `more` of every table. A test holds
/// them against a full page and against `docs/reports.md`.
enum PageNames {
    static let all: Set<String> = [
        "after", "alone", "ancestry", "answer", "answerMark", "approve", "author", "bar", "became", "because",
        "before", "better", "beyond", "bin", "bins", "body", "by", "categories", "cells", "challenger", "champion",
        "championCount", "changes", "chart", "check", "claims", "code", "commands", "commit", "commits", "comparison",
        "complaints", "concerning", "confusion", "consequence", "cost", "count", "counting", "courses", "cpu",
        "curve", "curves", "data", "dataset", "datasets", "day", "decision", "difference", "digest", "digests",
        "direction", "doubts", "drift", "environment", "exception", "exceptions", "facts", "failed", "failures",
        "feature", "features", "first", "found", "gate", "gates", "groups", "header", "highest", "histories",
        "identity", "importance", "interval", "isRight", "isTested", "key", "label", "labels", "last", "left",
        "legend", "line", "lines", "link", "lowest", "mainDifference", "matrix", "measured", "memory", "message",
        "metric", "metrics", "missing", "mistakes", "model", "more", "moved", "moving", "needs", "note", "notes",
        "now", "number", "observed", "outcome", "owner", "packages", "parameters", "pictured", "pictures", "place",
        "policy", "predicted", "reasons", "reject", "remarks", "replay", "replayed", "reproduce", "reproduces",
        "rowCount", "rows", "run", "scored", "sections", "sentence", "sentences", "share", "since", "slice",
        "sliceRows", "slices", "snapshot", "stage", "stages", "step", "subject", "summary", "taken", "text", "then",
        "title", "training", "uncommitted", "until", "value", "version", "versus", "wall", "warnings", "what",
    ]
}
