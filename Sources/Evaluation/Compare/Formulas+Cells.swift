extension Formulas {
    /// The sums to which a row of this label and prediction adds 1, where it adds nothing else to any: metrics of
    /// predicted classes.
    func places(label: Int, prediction: Int) -> [Int] {
        var (places, offset): ([Int], Int) = ([], 0)
        for part in parts {
            switch part {
            case .rows: places.append(offset)
            case .hits: if label == prediction { places.append(offset) }
            case .confusion:
                switch (label, prediction) {
                case (1, 1): places.append(offset)
                case (0, 1): places.append(offset + 1)
                case (1, 0): places.append(offset + 2)
                default: break
                }
            case .classes:
                if label == prediction { places.append(offset + 3 * label) }
                places += [offset + 3 * prediction + 1, offset + 3 * label + 2]
            case .brier, .logLoss, .bins, .absolute, .squared, .relative, .pinball, .labels, .column: break
            }
            offset += part.width
        }
        return places
    }
}
