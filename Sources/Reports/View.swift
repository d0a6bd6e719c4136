import Mustache

/// What a template sees of a page. Every text is escaped here, before any template has it, so `{{x}}` and `{{{x}}}` are
/// the same and no template, ours or a user's, can make a text from outside active.
struct View {
    /// So that no template runs for ever: rows that all its loops together may still show.
    final class Budget {
        var rows: Int
        init(rows: Int) { self.rows = rows }
    }

    let format: Format
    /// Bytes that one text may take; nil: as long as it is.
    var textLimit: Int?
    let budget: Budget

    /// The values of a page, and others beside them.
    func of(_ page: Page?, and parts: [String: Any]) -> Any {
        var children: [String: Any] = [:]
        if let page {
            for case (let name?, let child) in Mirror(reflecting: page).children { children[name] = of(child) }
        }
        return Branch(children: children.merging(parts.mapValues(of)) { _, part in part })
    }

    /// The values of a struct by the names of its properties, lists as sequences, texts escaped, pictures drawn.
    func of(_ value: Any) -> Any {
        switch value {
        case let text as String: return Leaf(format.escape(text, textLimit))
        case let ours as Verbatim: return Leaf(ours.text)
        case let drawing as Drawing: return Leaf(format.draw(drawing))
        case let flag as Bool: return flag
        case let number as Double: return Leaf(Numbers.text(number))
        case let parts as [String: Any]: return Branch(children: parts.mapValues(of))
        case let table as any PageTable:
            return Branch(children: ["rows": of(table.anyRows), "more": of(table.more)])
        case let list as [Any]: return Rows(rows: list.map(of), budget: budget)
        default: break
        }
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional { return mirror.children.first.map { of($0.value) } ?? Nothing() }
        var children: [String: Any] = [:]
        for case (let name?, let child) in mirror.children { children[name] = of(child) }
        return Branch(children: children)
    }
}

/// A table of any rows.
protocol PageTable {
    var anyRows: [Any] { get }
    var more: [String] { get }
}

extension Page.Table: PageTable {
    var anyRows: [Any] { rows }
}

/// A text as it is written.
private struct Leaf: MustacheCustomRenderable {
    let renderText: String
    let isNull = false
    init(_ text: String) { renderText = text }
}

/// What is not there. It has a place, so that its name is not looked up in the values around it.
private struct Nothing: MustacheCustomRenderable {
    let renderText = ""
    let isNull = true
}

private struct Branch: MustacheParent, MustacheCustomRenderable {
    let children: [String: Any]
    let renderText = ""
    let isNull = false
    func child(named name: String) -> Any? { children[name] }
}

private struct Rows: MustacheSequence, MustacheCustomRenderable {
    let rows: [Any]
    let budget: View.Budget
    let renderText = ""
    let isNull = false

    func makeIterator() -> AnyIterator<Any> {
        var rest = rows.makeIterator()
        return AnyIterator {
            guard budget.rows > 0 else { return nil }
            budget.rows -= 1
            return rest.next()
        }
    }
}
