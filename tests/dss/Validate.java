/* SPDX-License-Identifier: EUPL-1.2 */
/* What the EU's DSS says of containers: Validate ANCHOR.pem FILE...; one line a file: name, level, indication, subindication. */
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.File;

public class Validate {
	public static void main(String[] files) throws Exception {
		CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
		anchors.addCertificate(DSSUtils.loadCertificate(new File(files[0])));
		for (int i = 1; i < files.length; i++) {
			CommonCertificateVerifier verifier = new CommonCertificateVerifier();
			verifier.setTrustedCertSources(anchors);
			SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(files[i]));
			validator.setCertificateVerifier(verifier);
			SimpleReport report = validator.validateDocument().getSimpleReport();
			String id = report.getFirstSignatureId();
			System.out.println(files[i] + " " + report.getSignatureFormat(id) + " " + report.getIndication(id) + " " + report.getSubIndication(id));
		}
	}
}
