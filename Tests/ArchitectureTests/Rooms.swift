import Foundation

/// A row of the tables in ARCHITECTURE.md, or a target of Package.swift.
struct Room: Equatable {
    var name: String
    var ours: Set<String>
    var libraries: Set<String>
}

/// The tables of ARCHITECTURE.md.
struct RoomTable {
    private(set) var rooms: [Room] = []
    /// Room to tier.
    private(set) var tiers: [String: Int] = [:]
    private(set) var meanings: [String: String] = [:]

    init() throws {
        var tier: Int?
        for line in try Repository.text("ARCHITECTURE.md").split(separator: "\n") {
            if line.hasPrefix("#") { tier = line.firstMatch(of: /^### Tier (\d+)/).flatMap { Int($0.1) } }
            guard let tier, line.hasPrefix("| "), !line.hasPrefix("| room ") else { continue }
            let cells = line.dropFirst().split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count >= 4 else { continue }
            rooms.append(Room(name: cells[0], ours: names(cells[2]), libraries: names(cells[3])))
            tiers[cells[0]] = tier
            meanings[cells[0]] = cells[1]
        }
    }
}

private func names(_ cell: String) -> Set<String> {
    Set(cell.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
}

/// The targets that Package.swift declares, tests left out.
enum Manifest {
    static func rooms() throws -> [Room] {
        let text = try Repository.text("Package.swift")
        var rooms: [Room] = []
        for match in text.matches(
            of: /(room\(|\.target\(\s*name:|\.executableTarget\(\s*name:|\.systemLibrary\(name:)\s*"(\w+)"/)
        {
            let rest = text[match.range.upperBound...]
            let declared = rest.prefix { $0 != ")" }.contains("[") || match.1 == "room(" ? list(after: rest) : ""
            let isLibrary = match.1.contains("systemLibrary")
            rooms.append(room(String(match.2), isLibrary ? "" : declared))
        }
        return rooms
    }

    private static func room(_ name: String, _ list: String) -> Room {
        let products = list.matches(of: /\.product\(name: "(\w+)"/).map { String($0.1) }
        let rest = list.replacing(/\.product\([^)]*\)/, with: "")
        let ours = rest.matches(of: /"(\w+)"/).map { String($0.1) }
        let named = ["crypto": "Crypto", "system": "SystemPackage"].filter { word, _ in
            rest.replacing(/"\w+"/, with: "").contains(word)
        }
        return Room(name: name, ours: Set(ours), libraries: Set(products).union(named.values))
    }

    /// What stands in the first brackets.
    private static func list(after text: Substring) -> String {
        var depth = 0
        var list = ""
        for character in text {
            if character == "]" { depth -= 1 }
            if depth > 0 { list.append(character) }
            if character == "[" { depth += 1 }
            if character == "]", depth == 0 { return list }
        }
        return list
    }
}
