import CYaml
import Domain

/// What libyaml meets in a file, one event after the other, so that limits hold before anything is built.
///
/// The C parser that ships with Yams is used directly: Yams itself follows aliases and recursion without a limit.
struct YAMLEvents: ~Copyable {
    enum Kind {
        case alias(String)
        case scalar(String, plain: Bool)
        case sequenceStart
        case mappingStart
        case end
        case documentStart
        case streamEnd
        case other
    }

    struct Event {
        var kind: Kind
        var anchor: String?
        var tag: String?
        var place: Document.Place
    }

    private let file: String
    // libyaml keeps pointers into the parser itself, so it must not move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// `bytes` must stay where they are for as long as events are taken.
    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws(Complaints) {
        self.file = file
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            throw Complaints([Complaint(file: file, message: "there is not enough memory to read the file")])
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deinitialize(count: 1)
        parser.deallocate()
    }

    /// Throws the complaint about the first place that is not YAML.
    mutating func next() throws(Complaints) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw Complaints([syntaxComplaint()]) }
        defer { yaml_event_delete(&event) }
        let place = Self.place(event.start_mark)
        switch event.type {
        case YAML_ALIAS_EVENT:
            return Event(kind: .alias(Self.text(event.data.alias.anchor) ?? ""), place: place)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let kind = Kind.scalar(
                String(decoding: value, as: UTF8.self), plain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            return Event(kind: kind, anchor: Self.text(scalar.anchor), tag: Self.text(scalar.tag), place: place)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return Event(
                kind: .sequenceStart, anchor: Self.text(start.anchor), tag: Self.text(start.tag), place: place)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return Event(kind: .mappingStart, anchor: Self.text(start.anchor), tag: Self.text(start.tag), place: place)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return Event(kind: .end, place: place)
        case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, place: place)
        case YAML_STREAM_END_EVENT: return Event(kind: .streamEnd, place: place)
        default: return Event(kind: .other, place: place)
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private static func place(_ mark: yaml_mark_t) -> Document.Place {
        Document.Place(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private func syntaxComplaint() -> Complaint {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        let place = Self.place(parser.pointee.problem_mark)
        if problem.contains("nesting level") {
            return Complaint(file: file, at: place, "values are nested more than \(DocumentLimits.depth) deep")
        }
        var message = "this is not valid YAML: \(problem)"
        if let context = parser.pointee.context.map({ String(cString: $0) }) {
            let start = Self.place(parser.pointee.context_mark)
            message += " (\(context) that starts at line \(start.line), column \(start.column))"
        }
        return Complaint(file: file, at: place, message, advice: Self.advice(problem))
    }

    private static func advice(_ problem: String) -> String? {
        let known = [
            ("tab", "indent with blanks, not with tabs"),
            (
                "cannot start any token",
                "indent with blanks, not with tabs, and put a text that starts with a sign in quotes"
            ),
            ("mapping values are not allowed", "put a text that holds ': ' in quotes, and check the indentation"),
            ("did not find expected key", "check the indentation of this line and the one before"),
            ("could not find expected ':'", "write 'key: value', with a blank after the colon"),
            ("did not find expected ','", "put a text that holds a comma or a bracket, such as '${model}', in quotes"),
            ("unexpected end of stream", "close the quote"),
            ("block sequence entries are not allowed", "start the list on a line of its own"),
        ]
        return known.first { problem.contains($0.0) }?.1
    }
}
