import Domain
import Host
import SystemPackage

/// What is known of a dataset's files before any is decoded.
struct ImageSurvey: Sendable {
    struct Image: Sendable {
        let name: String
        let path: FilePath
    }

    let rules: ImageRules
    /// Those that are worth decoding, in the order of the files.
    private(set) var images: [Image] = []
    /// The findings of files that lie in a folder that should not be there, by name.
    private(set) var strangers: [String: [DataFinding]] = [:]
    private let wanted: Set<String>?
    private let excused: Set<String>
    private var faults: ImageFaults
    private var classes: ClassCounts
    /// Files that are meant as images, whatever became of them.
    private var count: Int64 = 0

    /// Looks at names and sizes. Blocks.
    init(
        _ files: [(name: String, path: FilePath)], rules: ImageRules, excusing: Set<String> = [],
        faults: ImageFaults = ImageFaults()
    ) {
        self.rules = rules
        self.faults = faults
        excused = excusing
        classes = ClassCounts(rules)
        wanted = rules.classes.map(Set.init)
        for (name, path) in files { survey(name, path) }
    }

    private mutating func survey(_ name: String, _ path: FilePath) {
        let parts = name.split(separator: "/")
        if parts.contains(where: { $0.hasPrefix(".") }) { return }
        if excused.contains(name) {
            if parts.count > 1, wanted?.contains(String(parts[0])) != false { classes.add(String(parts[0])) }
            count += 1
            return
        }
        guard let last = parts.last, ImageFormat.isEnding(of: last) else { return faults.add(.ending, name) }
        count += 1
        if parts.count > 1 {
            let owner = String(parts[0])
            classes.add(owner)
            if wanted?.contains(owner) == false { strangers[name] = [ClassCounts.stranger(name, in: owner)] }
        } else if classes.areAsked {
            faults.add(.classless, name)
        }
        guard let size = Files.size(path) else { return faults.add(.irregular, name) }
        if size == 0 { return faults.add(.empty, name) }
        if let most = rules.maxBytes, size > most { return faults.add(.heavy(most), name, value: String(size)) }
        images.append(Image(name: name, path: path))
    }

    /// - Parameter readings: one for each of `images`.
    func outcome(_ readings: [ImageReading]) -> SchemaTest.Outcome {
        var findings = faults(readings).findings
        if count == 0, findings.isEmpty {
            findings = [DataFinding(check: "file-empty", file: "", count: 0, message: "there is no image")]
        }
        return SchemaTest.Outcome(rows: count, findings: findings + classes.findings)
    }

    func faults(_ readings: [ImageReading]) -> ImageFaults {
        var faults = faults
        for (image, reading) in zip(images, readings) {
            switch reading {
            case .whole(let width, let height): test(image.name, width, height, &faults)
            case .flawed(let flaw, let value): faults.add(flaw, image.name, value: value)
            case .unread: faults.add(.unread, image.name)
            }
        }
        return faults
    }

    private func test(_ name: String, _ width: Int64, _ height: Int64, _ faults: inout ImageFaults) {
        let size = "\(width)x\(height)"
        if let least = rules.minWidth, width < least { faults.add(.narrow(least), name, value: size) }
        if let most = rules.maxWidth, width > most { faults.add(.wide(most), name, value: size) }
        if let least = rules.minHeight, height < least { faults.add(.low(least), name, value: size) }
        if let most = rules.maxHeight, height > most { faults.add(.high(most), name, value: size) }
    }
}
