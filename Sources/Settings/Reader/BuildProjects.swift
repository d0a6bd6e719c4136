import Documents
import Domain

extension SettingsBuilder {
    mutating func projects(_ gates: GateReader) -> [ProjectName: ProjectSettings] {
        var all: [ProjectName: ProjectSettings] = [:]
        var owners: [String: String] = [:]
        if let node = root["projects"], node.entries?.isEmpty ?? false {
            reading.complain(node.place, "'projects' names no project, so there is nothing to serve")
        }
        for entry in root["projects"]?.entries ?? [] {
            guard let name = ProjectName(entry.key), entry.value.entries != nil else { continue }
            let source = source(of: entry)
            let floor = floor(entry.value["floor"], "projects.\(entry.key).floor", gates)
            guard let source else { continue }
            let identity = Self.identity(of: source)
            if let owner = owners[identity] {
                reading.complain(
                    entry.keyPlace, "'projects.\(entry.key)' serves the same repository as 'projects.\(owner)'",
                    advice: "keep one of them; a repository has one policy")
            }
            owners[identity] = owners[identity] ?? entry.key
            all[name] = project(entry.value, source, floor)
        }
        return all
    }

    private mutating func project(
        _ node: Document.Node, _ source: ProjectSettings.Source, _ floor: Floor
    ) -> ProjectSettings {
        var project = ProjectSettings(source: source, floor: floor)
        project.defaultBranch = node["branch"]?.json.text.flatMap { BranchName($0) }
        if let branch = node["branch"], branch.text(.branch) != nil, project.defaultBranch == nil {
            reading.complain(branch.place, "'branch': git does not allow a branch of that name")
        }
        project.rulesFrom = node["rules_from"]?.items.map { $0.compactMap { $0.text(.pattern) } } ?? []
        project.poll = node["poll"]?.seconds
        if let priority = node["priority"]?.whole { project.priority = priority }
        if let concurrency = node["concurrency"]?.whole { project.concurrency = concurrency }
        if let coolDown = node["cool_down"]?.seconds { project.coolDown = coolDown }
        project.budget = Budget(runs: node["budget"]?["runs"]?.whole, time: node["budget"]?["time"]?.seconds)
        project.models = node["models"]?.items.map { $0.compactMap { $0.text(.models) } }
        project.secrets = node["secrets"]?.items.map { $0.compactMap { $0.text(.variable) } } ?? []
        return project
    }

    private mutating func source(of entry: Document.Entry) -> ProjectSettings.Source? {
        let (node, name) = (entry.value, "projects.\(entry.key)")
        if let git = node["git"] {
            for key in ["forge", "repository"] {
                guard let other = node[key] else { continue }
                reading.complain(
                    other.place, "'\(name).\(key)' does not go with 'git'",
                    advice: "keep 'git', or 'forge' and 'repository'")
            }
            return git.text(.remote).map { .git($0) }
        }
        guard let forge = node["forge"] else {
            reading.complain(
                node.place, "'\(name)' does not say where its repository is",
                advice: node["repository"] == nil
                    ? "add 'forge' and 'repository', or 'git'" : "add 'forge', the name of one of 'forges'")
            return nil
        }
        if let text = forge.text(.name) {
            checkIsKnown(text, (root["forges"]?.entries ?? []).map(\.key), forge, "'\(name).forge'", "forge")
        }
        guard let repository = node["repository"] else {
            reading.complain(
                node.place, "the key 'repository' is missing in '\(name)'",
                advice: "add 'repository: acme/flight-delay'")
            return nil
        }
        guard let forgeName = forge.text(.name).flatMap({ ForgeName($0) }),
            let path = repository.text(.repository)
        else { return nil }
        guard let parsed = ForgeRepository(path.hasSuffix(".git") ? String(path.dropLast(4)) : path) else {
            reading.complain(repository.place, "'\(name).repository': '\(path)' is not the path of a repository")
            return nil
        }
        return .forge(forgeName, parsed)
    }

    /// Equal for two ways to write one repository of one forge, or one remote.
    private static func identity(of source: ProjectSettings.Source) -> String {
        switch source {
        case .forge(let forge, let repository): return "forge \(forge) \(repository.path.lowercased())"
        case .git(let remote):
            var text = remote.withoutSlash
            if text.hasPrefix("file://") { text = String(text.dropFirst(7)) }
            if text.hasSuffix(".git") { text = String(text.dropLast(4)) }
            return "git \(text)"
        }
    }

    private mutating func floor(_ node: Document.Node?, _ name: String, _ gates: GateReader) -> Floor {
        guard let node, node.entries != nil else { return Floor() }
        var floor = Floor()
        if let list = node["gates"] {
            do throws(Complaints) {
                floor.gates = try gates(list, reading.file, "\(name).gates")
            } catch {
                others += error.all
            }
        }
        let approval = node["approval"]
        if let required = approval?["required"]?.whole { floor.required = required }
        floor.notByAuthor = approval?["not_by_author"]?.json == .bool(true)
        floor.by = (approval?["by"]?.items ?? []).compactMap { $0.text(.person).flatMap { PersonName($0) } }
        if let by = approval?["by"], !floor.by.isEmpty, !floor.by.contains(where: { $0.text.hasPrefix("@") }),
            Set(floor.by).count < floor.required
        {
            reading.complain(
                by.place,
                "'\(name).approval': \(floor.required) people must approve, and 'by' names \(Set(floor.by).count)",
                advice: "name more people, or ask for fewer")
        }
        return floor
    }
}
