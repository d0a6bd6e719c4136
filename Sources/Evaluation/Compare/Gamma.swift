import Foundation

/// The logarithm of the gamma function.
enum Gamma {
    /// Of a positive number, right to 1e-13: Stirling's series, reached by the recurrence (Abramowitz and Stegun,
    /// "Handbook of Mathematical Functions" (1964), 6.1.41 and 6.1.15).
    ///
    /// The C library's writes to a global, and gives other last digits elsewhere.
    static func logarithm(_ x: Double) -> Double {
        var (x, product) = (x, 1.0)
        while x < 20 {
            product *= x
            x += 1
        }
        let square = x * x
        let series = (1 / 12.0 - (1 / 360.0 - 1 / (1260 * square)) / square) / x
        return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - log(product)
    }
}
