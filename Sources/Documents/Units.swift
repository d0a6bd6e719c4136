import Foundation

/// Durations, sizes and shares as people write them in the files of Sluice.
package enum Units {
    /// For a JSON Schema.
    package static let durationPattern = #"^(?!0+(\.0+)?[smhd]$)[0-9]+(\.[0-9]+)?(s|m|h|d)$"#
    /// For a JSON Schema.
    package static let sizePattern = #"^(?!0+(\.0+)? ?[A-Za-z]+$)[0-9]+(\.[0-9]+)? ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$"#
    /// For a JSON Schema.
    package static let sharePattern = #"^(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%$"#

    private static let durations: [String: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    private static let sizes: [String: Double] = [
        "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
        "KiB": 1_024, "MiB": 1_048_576, "GiB": 1_073_741_824, "TiB": 1_099_511_627_776,
    ]

    /// Seconds; nil unless it is a duration of more than nothing and at most ten years.
    package static func seconds(_ text: String) -> Double? {
        parse(text, durations, blank: false, limit: 3_652 * 86_400)
    }

    /// Whole bytes; nil unless it is a size of at least one byte and below an exbibyte.
    package static func bytes(_ text: String) -> Double? {
        parse(text, sizes, blank: true, limit: 1_152_921_504_606_846_976).map { $0.rounded() }.flatMap {
            $0 >= 1 ? $0 : nil
        }
    }

    /// The seconds of a duration or the bytes of a size.
    package static func any(_ text: String) -> Double? { bytes(text) ?? seconds(text) }

    /// 0.02 for `2%`; nil unless it is from 0 % to 100 %.
    package static func share(_ text: String) -> Double? {
        guard text.hasSuffix("%"), text.count <= 18 else { return nil }
        let digits = text.dropLast()
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard
            parts.count <= 2, parts[0].count <= 3,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let percent = Double(digits), percent <= 100
        else { return nil }
        return percent / 100
    }

    /// The share that was meant by one with a blank.
    package static func nearShare(_ text: String) -> String? {
        let near = text.filter { $0 != " " }
        return near != text && share(near) != nil ? near : nil
    }

    /// 0.95 for `95` and `95%`, where only a fraction will do.
    package static func nearFraction(_ text: String) -> String? {
        let percent = share(text.hasSuffix("%") ? text : text + "%")
        return percent.flatMap { $0 > 0.01 && $0 < 1 ? Number.text($0) : nil }
    }

    /// The size that was meant by one whose unit is spelt in other capitals.
    package static func nearSize(_ text: String) -> String? {
        let unit = text.drop { !$0.isLetter }
        guard let right = sizes.keys.sorted().first(where: { $0.lowercased() == unit.lowercased() }) else { return nil }
        let near = text.dropLast(unit.count) + right
        return bytes(String(near)) == nil ? nil : String(near)
    }

    private static func parse(_ text: String, _ units: [String: Double], blank: Bool, limit: Double) -> Double? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var unit = text.dropFirst(digits.count)
        if blank, unit.first == " " { unit = unit.dropFirst() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard
            parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), digits.count <= 18,
            let factor = units[String(unit)], let amount = Double(digits)
        else { return nil }
        let product = amount * factor
        return product > 0 && product <= limit ? product : nil
    }
}

/// Numbers for people.
package enum Number {
    /// `3` for 3.0, else the shortest text that gives the number back.
    package static func text(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? String(number)
    }
}
