import Domain
import Testing

@Test func `a share is a bar, no share a dot, and the smallest share is still seen`() {
    #expect(Sparkline.text([0, 0.001, 0.25, 0.5]) == "·▁▄█")
    #expect(Sparkline.text([0.25, 0.5], top: 1) == "▂▄")
    #expect(Sparkline.text([2, .nan, .infinity, -1], top: 1) == "█···")
    #expect(Sparkline.text([]) == "")
    #expect(Sparkline.text([0, 0]) == "··")
}
