import Domain
import Testing

private func evidence(changing part: Evidence.Part? = nil) -> Evidence {
    func digest(_ each: Evidence.Part) -> Digest { .of(each.rawValue + (each == part ? " changed" : "")) }
    return Evidence(
        code: digest(.code), data: digest(.data), environment: digest(.environment), parameters: digest(.parameters),
        metrics: digest(.metrics), policy: digest(.policy), report: digest(.report))
}

@Test(arguments: Evidence.Part.allCases)
func `a change of any one of the seven changes the digest and is named`(_ part: Evidence.Part) {
    let changed = evidence(changing: part)

    #expect(changed.digest != evidence().digest)
    #expect(changed.differences(from: evidence()) == [part])
    #expect(changed[part] != evidence()[part])
}

@Test func `equal evidence has an equal digest and no differences`() {
    #expect(evidence().digest == evidence().digest)
    #expect(evidence().differences(from: evidence()).isEmpty)
    #expect(Evidence.Part.allCases.count == 7)
}

@Test func `two parts that trade places are a difference`() {
    var swapped = evidence()
    (swapped.code, swapped.data) = (swapped.data, swapped.code)

    #expect(swapped.digest != evidence().digest)
    #expect(swapped.differences(from: evidence()) == [.code, .data])
}
