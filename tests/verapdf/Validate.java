import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Holds each file against each flavour: one line "flavour TAB file TAB violations TAB first rules" per pair. */
public final class Validate {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : arguments[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
            for (int place = 1; place < arguments.length; place++) {
                System.out.println(name + "\t" + arguments[place] + "\t" + checked(flavour, arguments[place]));
            }
        }
    }

    private static String checked(PDFAFlavour flavour, String path) throws Exception {
        try (InputStream in = new FileInputStream(path);
             PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            Map<String, String> rules = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    rules.put(assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber(),
                              assertion.getMessage());
                }
            }
            return (result.isCompliant() ? 0 : Math.max(1, rules.size())) + "\t" + rules;
        }
    }
}
