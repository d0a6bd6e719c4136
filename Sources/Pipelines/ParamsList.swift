import Domain

/// Parameter references while they are collected: each file once, in the order met; a whole file takes in its keys.
struct ParamsList {
    private(set) var all: [ParamsRef] = []
    private var positions: [TreePath: Int] = [:]
    private var seen: Set<ParamsRef> = []

    /// No keys: the whole file.
    mutating func add(_ file: TreePath, _ keys: [String]) {
        guard let position = positions[file] else {
            positions[file] = all.count
            all.append(ParamsRef(file: file, keys: keys.filter { isNew($0, in: file) }))
            return
        }
        guard !keys.isEmpty, !all[position].keys.isEmpty else {
            all[position].keys = []
            return
        }
        for key in keys where isNew(key, in: file) { all[position].keys.append(key) }
    }

    private mutating func isNew(_ key: String, in file: TreePath) -> Bool {
        seen.insert(ParamsRef(file: file, keys: [key])).inserted
    }
}
